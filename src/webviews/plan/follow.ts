/** Keeps the end of a growing text in sight, unless the reader has scrolled up in it. */
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { noChange, type ElementPart } from 'lit';

class Follow extends AsyncDirective {
  render(): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart): typeof noChange {
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    // The text itself is drawn after this.
    if (atEnd) queueMicrotask(() => (element.scrollTop = element.scrollHeight));
    return noChange;
  }
}

export const follow = directive(Follow);
