/** Which token goes to which address, and how. */
import { OncallError } from '../domain/error.ts';

/**
 * The Authorization header for a token. OAuth access tokens start with `pdus+` or `pdeu+`, or are JWTs
 * (three parts joined by dots); everything else is a REST API key.
 * Source: https://developer.pagerduty.com/docs/authentication .
 */
export function authorization(token: string): string {
  return /^pd(us|eu)\+/.test(token) || /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token)
    ? `Bearer ${token}`
    : `Token token=${token}`;
}

/** The base URL, if it is one that a token may be sent to. @throws OncallError `setting-invalid` */
export function checkedBase(text: string): URL {
  const url = URL.parse(text);
  const loopback =
    url !== null && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname) && url.protocol === 'http:';
  if (
    url === null ||
    (url.protocol !== 'https:' && !loopback) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new OncallError(
      'setting-invalid',
      'oncall.pagerduty.baseUrl is not an https address',
      'Use an https address without user name and password; http is taken on loopback only.',
    );
  }
  return url;
}

/** The token without surrounding blanks, if a header can carry it. @throws OncallError `pagerduty-unauthorized`, without showing it */
export function checkedToken(token: string): string {
  const trimmed = token.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new OncallError(
    'pagerduty-unauthorized',
    'The PagerDuty token is empty or holds characters that no token has',
    'Set a valid token with "Oncall: Set PagerDuty Token".',
  );
}
