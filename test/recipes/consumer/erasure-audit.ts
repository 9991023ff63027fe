import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { verifyAuditLog } from 'rivulet/erasure';

// From `sqlite3 erasures.db 'SELECT line FROM audit ORDER BY seq' > audit.ndjson`
const lines = createInterface(createReadStream('audit.ndjson'));
const report = await verifyAuditLog(lines, { logSecret: process.env.ERASURE_LOG_SECRET ?? '' });

console.log(report);
process.exitCode = report.isIntact ? 0 : 1;
