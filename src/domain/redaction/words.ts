/** Names made of words, told from what chance made: a token of an issuer may begin like a name, and a name like a token. */

/** For each letter the letters that often follow on it in English, and in the names of software. */
const following = (
  'bcdfgiklmnprstuvwxyz aeijlorsuy acehiklorstuy adefilnorsuy abcdefghiklmnopqrstuvwxy aefilorstuy aeghilnorsu ' +
  'aeiorstuy abcdefgklmnoprstvxz aeosu aeiosu adeilopstuvy abeilmopsuy acdefgiklmnoprstuvy abcdefgiklmnoprstuvwx ' +
  'aehiloprstu u abcdefgiklmnoprstuvy acdefhiklmnopstuwy abcdefhilmnoprstuwy abcdefgilmnprst aeio aehinors ceipt ' +
  'aceinopst aei'
)
  .split(' ')
  .map((letters) => new Set(letters));
/** Words are no longer; what chance makes of so many letters is one for hardly anybody. */
const longestWord = 30;

/** A day, with or without its time, and seconds or milliseconds since 1970. */
const time = /^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{0,6}|1[6-9]\d{8}(?:\d{3})?)$/;
const uuid = /(?<![A-Za-z0-9])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![A-Za-z0-9])/g;
/**
 * What Kubernetes puts behind a name: the hash of a template and five characters for each pod, of letters and digits
 * without vowels and what looks like them (k8s.io/apimachinery/pkg/util/rand).
 */
const generated = /(?:[-_.][bcdfghjklmnpqrstvwxz2456789]{5,10}){1,2}(?![A-Za-z0-9])/;

/**
 * Whether a text is nothing but words, abbreviations, counts, versions, times and what Kubernetes puts behind a name.
 * Names of Kubernetes have no capitals; where there are some, chance looks like short words too often to allow them.
 * @param text letters and digits, and whatever stands between words
 */
export function isMadeOfWords(text: string): boolean {
  const own = text.replace(uuid, '').replace(generated, '');
  if (own === '' || own.includes('+')) return false;
  const parts = own.split(/[^A-Za-z0-9]+/);
  // One abbreviation such as `k8s`, not several: chance changes between letters and digits all the time too.
  if (parts.filter((part) => /[A-Za-z]\d+[A-Za-z]|\d[A-Za-z]+\d/.test(part)).length > 1) return false;
  return parts.every(/[A-Z]/.test(own) ? isCapitalPart : isPart);
}

function isPart(part: string): boolean {
  if (/^\d*$/.test(part)) return part.length <= 8 || time.test(part);
  // `s3`, `k8s`, `2xlarge`, `amd64`, `oauth2`
  if (part.length <= 6) return true;
  const letters = /^\d{0,2}([a-z]+)\d{0,4}$/.exec(part)?.[1];
  return letters !== undefined && isWord(letters, 3);
}

function isCapitalPart(part: string): boolean {
  if (/^\d*$/.test(part)) return part.length <= 4;
  const letters = /^([A-Za-z]+)\d{0,2}$/.exec(part)?.[1];
  if (letters === undefined) return false;
  // Chance changes the case all the time: of `newCheckoutFlow` every part is long.
  const words = letters.match(/^[a-z]+|[A-Z][a-z]+|[A-Z]+(?![a-z])/g) ?? [];
  return words.every((word) => (words.length === 1 || word.length >= 3) && isWord(word.toLowerCase(), 5));
}

/** @param share one in so many pairs of letters may be a rare one */
function isWord(word: string, share: number): boolean {
  if (word.length > longestWord || (word.length > 4 && !/[aeiouy]/.test(word))) return false;
  let rare = 0;
  for (let at = 1; at < word.length; at++) {
    if (following[word.charCodeAt(at - 1) - 97]?.has(word[at] ?? '') !== true) rare++;
  }
  return rare <= (word.length - 1) / share;
}
