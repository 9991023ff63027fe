import './rivulet';
