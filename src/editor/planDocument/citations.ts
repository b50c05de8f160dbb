/** Citations of evidence in the plan document's text. Pure. */

/** A citation's place: a line, and its characters from `start` to before `end`, all counted from 0. */
export interface Citation {
  readonly id: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A list of ids that ends a line, as findings and reasons have it. */
const atEnd = /\[([\w-]+(?:, [\w-]+)*)\]$/;
/** A piece of evidence in the list of all. */
const inList = /^ {2}• ([\w-]+)(?= )/;

/** Every citation of one of the ids. */
export function citations(text: string, ids: ReadonlySet<string>): Citation[] {
  return text.split(/\r?\n/).flatMap((content, line) => {
    const ends = atEnd.exec(content);
    const lists = inList.exec(content);
    const places = [
      ...(lists?.[1] === undefined ? [] : [{ id: lists[1], start: lists[0].length - lists[1].length }]),
      ...(ends?.[1] === undefined ? [] : idsOf(ends[1], ends.index + 1)),
    ];
    return places
      .filter(({ id }) => ids.has(id))
      .map(({ id, start }) => ({ id, line, start, end: start + id.length }));
  });
}

function idsOf(list: string, from: number): { id: string; start: number }[] {
  let start = from;
  return list.split(', ').map((id) => {
    const place = { id, start };
    start += id.length + 2;
    return place;
  });
}
