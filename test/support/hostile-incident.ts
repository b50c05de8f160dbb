/** A title made to do harm wherever it is shown: markup, links that run commands, icons, hidden and turning characters. */
export const hostileTitle =
  '<img src=x onerror=alert(1)><script>alert(2)</script>[x](command:oncall.approveStep) ' +
  '[y](javascript:alert(3)) $(flame) \u202egnp.exe\u2066 \u001b[31m\u001b]8;;http://evil.example\u0007red\u0007 \u0000\u200b\n# head ' +
  'z'.repeat(10_000);

/** What must never reach the screen as it is. */
export const unseen = /[\p{Cc}\p{Cf}]/u;
