// The script editor: CodeMirror in a shadow root, so that its styles need no exception from the
// content policy. Loaded when the sandbox is opened.
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  drawSelection,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { RequestKind } from "../core";
import { complete, nextMessageId } from "./completion";

export interface LineError {
  /** From 1. */
  line: number;
  text: string;
}

export interface ScriptEditor {
  replace(text: string): void;
  showErrors(errors: LineError[]): void;
  /** Marks the line of the step that is shown, and brings it into view. */
  showLine(line: number): void;
  destroy(): void;
}

interface Options {
  text: string;
  label: string;
  kinds: RequestKind[];
  onchange: (text: string) => void;
  /** Ctrl-Enter: to the step of this line. */
  ongo: (line: number) => void;
}

export function openScriptEditor(host: HTMLElement, options: Options): ScriptEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [(context) => source(context, options.kinds)], icons: false }),
        lintGutter(),
        json(),
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        current,
        look,
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        keymap.of([
          {
            key: "Mod-Enter",
            run: ({ state }) => {
              options.ongo(state.doc.lineAt(state.selection.main.head).number);
              return true;
            },
          },
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  const within = (line: number) => view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  return {
    replace(text) {
      if (text !== view.state.doc.toString())
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    showErrors(errors) {
      const diagnostics = errors.map((error) => {
        const { from, to } = within(error.line);
        return { from, to, severity: "error" as const, message: error.text };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    showLine(line) {
      const { from } = within(line);
      const effects: StateEffect<unknown>[] = [markLine.of(from)];
      if (!view.hasFocus) effects.push(EditorView.scrollIntoView(from, { y: "nearest", yMargin: 40 }));
      view.dispatch({ effects });
    },
    destroy: () => view.destroy(),
  };
}

function source(context: { pos: number; state: EditorState; explicit: boolean }, kinds: RequestKind[]) {
  const line = context.state.doc.lineAt(context.pos);
  const found = complete(line.text, context.pos - line.from, kinds, nextMessageId(context.state.doc.toString()));
  if (
    !found ||
    (!context.explicit && found.from === context.pos - line.from && !/"$/.test(line.text.slice(0, found.from)))
  )
    return null;
  return {
    from: line.from + found.from,
    options: found.suggestions.map(({ label, detail, insert }) => ({ label, detail, apply: insert })),
  };
}

const markLine = StateEffect.define<number>();
const current = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(markLine)) next = Decoration.set([Decoration.line({ class: "cm-step" }).range(effect.value)]);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--ink-2)" },
  { tag: tags.string, color: "var(--ink)" },
  { tag: tags.number, color: "var(--ink)", fontWeight: "600" },
  { tag: tags.invalid, color: "var(--refused)", textDecoration: "underline" },
]);

const look = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--paper)",
    fontSize: "12.5px",
    maxHeight: "60vh",
    minHeight: "220px",
  },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--data)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-line": { paddingLeft: "14px", textIndent: "-8px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--ink-3)", border: "0" },
  ".cm-step": { backgroundColor: "var(--inset)", boxShadow: "inset 3px 0 var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--chosen-fill)",
  },
  ".cm-matchingBracket": { outline: "1px solid var(--line)", backgroundColor: "transparent !important" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--ink)", color: "var(--paper)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "italic", fontFamily: "var(--text)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--refused)" },
});
