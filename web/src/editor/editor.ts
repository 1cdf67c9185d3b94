/**
 * The code editor: CodeMirror in a shadow root, so that its styles need no
 * exception from the content policy. Loaded when somebody begins to write.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** A remark at a line of the program: a traceback, a wrong answer. */
export interface Remark {
  /** From 1. */
  line: number;
  text: string;
}

/** What the page does with an editor. */
export interface Editor {
  /** Replaces the whole text; one step of undo. */
  replace(text: string): void;
  text(): string;
  /** Shows remarks at their lines, in place of the earlier ones. */
  remark(remarks: Remark[]): void;
  /** Puts the cursor at a line and the focus into the editor. */
  goTo(line: number): void;
  focus(): void;
  destroy(): void;
}

/** Opens an editor inside `host`. */
export function openEditor(
  host: HTMLElement,
  options: {
    text: string;
    language: "python" | "javascript";
    label: string;
    changed: (text: string) => void;
    /** Ctrl-Enter. */
    run: () => void;
  },
): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const grammar = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        lintGutter(),
        EditorState.tabSize.of(4),
        indentUnit.of(options.language === "python" ? "    " : "  "),
        grammar.of(options.language === "python" ? python() : javascript()),
        syntaxHighlighting(colours),
        look,
        // Tab indents; Escape then Tab leaves, as the label says.
        EditorView.contentAttributes.of({
          "aria-label": `${options.label}. Tab indents; Escape, then Tab leaves the editor.`,
        }),
        keymap.of([
          { key: "Mod-Enter", run: () => (options.run(), true) },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...completionKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace: (text) =>
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: 0 },
      }),
    remark: (remarks) =>
      view.dispatch(
        setDiagnostics(
          view.state,
          remarks.map((remark) => at(view.state, remark)),
        ),
      ),
    goTo(line) {
      const { from } = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
      view.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: "center" }),
      });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function at(state: EditorState, { line, text }: Remark): Diagnostic {
  const { from, to } = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  return { from, to, severity: "error", message: text };
}

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], fontWeight: "600" },
  { tag: [tags.comment], color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--w3)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--w2)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: "var(--chosen)" },
  { tag: tags.invalid, color: "var(--refused)", textDecoration: "underline" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "13px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--data)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": {
    backgroundColor: "var(--paper)",
    color: "var(--ink-3)",
    borderRight: "1px solid var(--rule)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--inset)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--chosen-fill)",
  },
  ".cm-activeLine": { backgroundColor: "transparent", boxShadow: "inset 0 0 0 1px var(--inset)" },
  ".cm-selectionMatch": { backgroundColor: "var(--newer-fill)" },
  ".cm-matchingBracket": { outline: "1px solid var(--line)", backgroundColor: "transparent !important" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-panels": { backgroundColor: "var(--inset)", color: "var(--ink)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--refused)" },
});
