/** The environment that tests give to what they start. */

/** Variables that would lead a test to somebody's own account, cluster or editor. */
const personal =
  /^(K8S_|KUBE|PAGERDUTY_|ANTHROPIC_|CLAUDE|ONCALL_|VSCODE_|ELECTRON_|DD_|NODE_OPTIONS$|(https?|no|all)_proxy$)/i;

/** This process's environment without what a test must not depend on, and with `extra`. */
export function testEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !personal.test(name))),
    ...extra,
  };
}
