/** The journal as people see it: runs, audit log and execution history. A part of its own, loaded with the first look. */
export { auditEntries, executionHistory } from './audit.ts';
export { interruptedRuns } from './interrupted.ts';
export { runViews } from './runs.ts';
