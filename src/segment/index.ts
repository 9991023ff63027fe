/** Entry `rivulet/segment`: the calls of Segment's analytics.js. No code. */
export {};
