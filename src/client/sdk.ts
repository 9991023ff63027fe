/** Names this library to the relay. A test holds the version to that of the package. */
export const SDK_NAME = 'rivulet';
export const SDK_VERSION = '0.1.0';
export const SDK: string = `${SDK_NAME}/${SDK_VERSION}`;
