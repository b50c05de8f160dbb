/** Text that was made to keep a redaction busy. */

/** Beginnings that never end, in the order of the rules that they are meant to lead astray. */
export const hostile: readonly string[] = [
  'a1B2',
  '-eyJ-',
  'eyJa.eyJ',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----END PRIVATE KEY-----\n',
  'abcd efgh ',
  '://',
  'a://b:',
  'a://b:c@',
  'password=',
  'password="',
  "password='\\",
  'password: |\n ',
  'password:\n',
  'kind: Secret\ndata:\n ',
  '"kind":"Secret","data":{',
  '"data":{"a":"',
  'name: password value: ',
  '"value":"',
  'authorization: ',
  'cookie=',
  'Bearer ',
  'curl -u ',
  'mysql -p',
  'jdbc:oracle:thin:',
  '<password>',
  '--password ',
  '\\"\\\\',
  '%25%22',
  'QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n',
  '[redacted:1a2b]',
  'name="password"\r\n',
  ' '.repeat(7),
  '2026-01-01T10:00:00Z ',
  '$2b$',
  'user x ',
  'sk-',
  'sk-word-',
  'xapp-name_',
  `${'sk-word-'.repeat(70)} `,
  'existingSecret: ',
  'routing_key=a.',
  'PASS: Test',
  'KeyJson',
];

/** A unit again and again, as long as that many characters at least. */
export function repeated(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length));
}
