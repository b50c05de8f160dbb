/** Where the keyboard is: at the step that somebody works on, although the button that they pressed is gone. */

/**
 * Brings a part into sight, and the keyboard to it.
 * @param id of the card, or of the part itself where it has no head
 */
export function goTo(id: string): void {
  const head = headOf(id);
  head?.scrollIntoView({ block: 'start' });
  head?.focus({ preventScroll: true });
}

/**
 * Draws, and brings the keyboard to the step that it was at where the button that had it is gone.
 * @param draw draws the page anew
 */
export function keepFocus(draw: () => void): void {
  const before = document.activeElement;
  const card = before?.closest('.card');
  draw();
  if (card === null || card === undefined || before?.isConnected === true) return;
  headOf(card.id)?.focus({ preventScroll: true });
}

function headOf(id: string): HTMLElement | undefined {
  const part = document.getElementById(id);
  return part?.querySelector<HTMLElement>('.card-head') ?? part ?? undefined;
}
