/** What is said while a test cluster is broken: text for people, JSON lines for programs. */
import type { AlertEvent } from '../scenarios/alarm.ts';
import type { Scenario } from '../scenarios/scenario.ts';

export interface Report {
  /** Something goes on. */
  progress(message: string): void;
  skipped(scenario: Scenario, why: string): void;
  broken(scenario: Scenario, event: AlertEvent): void;
  failed(scenario: Scenario, why: string): void;
  /** @param there whether there was anything to clean up */
  cleaned(there: boolean): void;
  refused(why: string): void;
  /** Everything that could be broken is. */
  done(): void;
}

/** An alert as the product takes it. */
export function alertOf({ dedup_key, payload }: AlertEvent): object {
  return { id: dedup_key, title: payload.summary, details: payload.custom_details };
}

export function jsonReport(write: (line: string) => void): Report {
  const say = (line: object): void => {
    write(`${JSON.stringify(line)}\n`);
  };
  return {
    progress: (message) => say({ progress: message }),
    skipped: ({ title }, why) => say({ skipped: title, why }),
    broken: ({ title }, event) => say({ broken: title, alert: alertOf(event) }),
    failed: ({ title }, why) => say({ failed: title, why }),
    cleaned: (there) => say({ cleaned: there }),
    refused: (why) => say({ refused: why }),
    done: () => undefined,
  };
}

/**
 * @param cleanCommand the command line that cleans up
 * @param place `namespace oncall-practice of kind-test`
 */
export function textReport(write: (text: string) => void, place: string, cleanCommand: string): Report {
  const events: AlertEvent[] = [];
  const line = (text: string): void => {
    write(`${text}\n`);
  };
  return {
    progress: line,
    skipped: ({ number, name }, why) => line(`Skipped: ${String(number)} ${name}: ${why}.`),
    broken: ({ title }, event) => {
      events.push(event);
      line(`Broken: ${title}.`);
    },
    failed: ({ number, name }, why) => line(`Did not come about: ${String(number)} ${name}: ${why}`),
    cleaned: (there) => line(there ? `Cleaned up: ${place} is gone.` : `There is no ${place}.`),
    refused: line,
    done: () => {
      if (events.length > 0) line(nextSteps(events, place, cleanCommand));
    },
  };
}

function nextSteps(events: readonly AlertEvent[], place: string, cleanCommand: string): string {
  const body = (event: AlertEvent): string =>
    quoted(JSON.stringify({ routing_key: 'YOUR-INTEGRATION-KEY', ...event }));
  const eventsApi = 'https://events.pagerduty.com/v2/enqueue';
  return [
    '',
    `All of it is in ${place}, and nothing outside of it was touched.`,
    '',
    'To be paged, send it to an integration (Events API v2) of a PagerDuty service of yours:',
    ...events.map((event) => `  curl -sS -H 'content-type: application/json' ${eventsApi} -d ${body(event)}`),
    '',
    'Without PagerDuty: "Oncall: Break a Test Cluster…" in VS Code offers to remediate what it broke. In code, hand an alert to',
    'OncallAgent.handleAlert of oncall-agent/agent:',
    ...events.map((event) => `  ${JSON.stringify(alertOf(event))}`),
    '',
    `When you are done: ${cleanCommand}`,
  ].join('\n');
}

/** A text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
