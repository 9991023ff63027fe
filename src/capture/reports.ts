import { createFaultReporter } from './faults.ts';
import type { CaptureHost, CaptureSource } from './types.ts';

/** Of a deprecation or an intervention: wicg.github.io/deprecation-reporting, wicg.github.io/intervention-reporting */
interface Finding {
  readonly type: string;
  readonly body: {
    readonly id: string;
    readonly message: string;
    readonly sourceFile?: string | null;
    readonly lineNumber?: number | null;
    readonly columnNumber?: number | null;
  };
}

export interface ReportOptions {
  /**
   * How many different reports are told apart in a minute; of those beyond them only the number is sent.
   * @default 10
   */
  readonly maxPerMinute?: number;
}

/**
 * Captures what the browser has against the page, as events of the type `error`: what the content security policy forbids
 * (`csp-violation`: the directive and the address), what is deprecated (`deprecation`) and what was prevented
 * (`intervention`). Of equal ones in a minute the first is sent at once, and later the `count` of the rest. Never sends the
 * code that was forbidden, nor the query of an address.
 */
export function reports({ maxPerMinute = 10 }: ReportOptions = {}): CaptureSource {
  return { name: 'reports', start: (host) => watchReports(host, maxPerMinute) };
}

function watchReports(host: CaptureHost, maxPerMinute: number): () => void {
  const { window, endpoint } = host;
  const { ReportingObserver } = window;
  const { report, stop } = createFaultReporter(host, maxPerMinute);

  function onViolation(event: SecurityPolicyViolationEvent): void {
    const { blockedURI, effectiveDirective, sourceFile, lineNumber, columnNumber } = event;
    // To tell of a request of our own that is forbidden would take another one.
    if (blockedURI?.startsWith(`${endpoint}/v1/`)) return;
    report({
      ...{ kind: 'csp-violation', name: effectiveDirective, message: blockedURI },
      ...{ source: sourceFile, line: lineNumber, column: columnNumber },
    });
  }

  function onFinding({ type, body }: Finding): void {
    const { id, message, sourceFile, lineNumber, columnNumber } = body;
    report({
      ...{ kind: type, name: id, message },
      ...{ source: sourceFile, line: lineNumber, column: columnNumber },
    });
  }

  window.addEventListener('securitypolicyviolation', onViolation);
  const observer =
    ReportingObserver &&
    new ReportingObserver((found) => (found as Finding[]).forEach(onFinding), {
      types: ['deprecation', 'intervention'],
      buffered: true,
    });
  observer?.observe();
  return () => {
    observer?.disconnect();
    window.removeEventListener('securitypolicyviolation', onViolation);
    stop();
  };
}
