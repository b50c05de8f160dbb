/** A stand-in for the editor's module, so that commands can be tried outside of an editor. Import it before what imports `vscode`. */
import { registerHooks } from 'node:module';

/** What a person does and what they are shown. A test changes it as it goes. */
export interface Person {
  /** The address of the text editor in front; undefined where another kind of editor is. */
  editor: { scheme: string; path: string; query: string } | undefined;
  /** Takes this row of every list; undefined steps back. */
  pick: ((items: readonly Record<string, unknown>[]) => Record<string, unknown> | undefined) | undefined;
  /** Presses this button of every question. */
  press: ((buttons: readonly string[]) => string | undefined) | undefined;
  /** Rows of the lists that were shown. */
  readonly lists: (readonly Record<string, unknown>[])[];
  readonly messages: string[];
  /** What stood in the questions, with the buttons in their order. */
  readonly questions: {
    readonly text: string;
    readonly detail: string;
    readonly buttons: readonly string[];
  }[];
}

export function newPerson(): Person {
  return {
    editor: undefined,
    pick: undefined,
    press: undefined,
    lists: [],
    messages: [],
    questions: [],
  };
}

let person = newPerson();

/** From here on it is this person who sits before the editor. */
export function sitDown(now: Person): Person {
  person = now;
  return now;
}

const l10n = {
  t: (text: string, ...values: unknown[]) =>
    text.replace(/\{(\d+)\}/g, (_match, index: string) => String(values[Number(index)])),
};
const window = {
  get activeTextEditor() {
    return person.editor && { document: { uri: person.editor } };
  },
  showQuickPick: (items: readonly Record<string, unknown>[]) => {
    person.lists.push(items);
    return Promise.resolve(person.pick?.(items));
  },
  showInformationMessage: (text: string) => {
    person.messages.push(text);
    return Promise.resolve(undefined);
  },
  showWarningMessage: (text: string, options: { readonly detail?: string }, ...buttons: string[]) => {
    person.questions.push({ text, detail: options.detail ?? '', buttons });
    return Promise.resolve(person.press?.(buttons));
  },
  setStatusBarMessage: () => undefined,
};

const parts = {
  l10n,
  window,
  env: { clipboard: { writeText: (text: string) => Promise.resolve(void person.messages.push(text)) } },
};
const key = 'oncallEditorStandIn';
Object.assign(globalThis, { [key]: parts });
const names = Object.keys(parts).join(', ');

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? {
          url: `data:text/javascript,const { ${names} } = globalThis.${key}; export { ${names} };`,
          format: 'module',
          shortCircuit: true,
        }
      : next(specifier, context),
});
