import { createMemoryLog } from '../../../src/queue/memory-log.ts';
import { testSegmentLog } from '../../conformance/segment-log.ts';

testSegmentLog('memory', createMemoryLog);
