/** Outline and folding of the plan document: steps and their parts, findings, evidence, output. */
import * as vscode from 'vscode';
import { blocks, type Block } from './blocks.ts';
import { planSelector } from './document.ts';

const kinds: Readonly<Record<Block['kind'], vscode.SymbolKind>> = {
  head: vscode.SymbolKind.File,
  section: vscode.SymbolKind.Namespace,
  step: vscode.SymbolKind.Function,
  part: vscode.SymbolKind.Property,
  entry: vscode.SymbolKind.Constant,
};

export function outlinePlans(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerDocumentSymbolProvider(planSelector, {
      provideDocumentSymbols: (document) =>
        blocks(document.getText()).map((block) => symbolOf(document, block)),
    }),
    vscode.languages.registerFoldingRangeProvider(planSelector, {
      provideFoldingRanges: (document) => blocks(document.getText()).flatMap(rangesOf),
    }),
  );
}

function symbolOf(document: vscode.TextDocument, block: Block): vscode.DocumentSymbol {
  const start = document.lineAt(block.line).range;
  const symbol = new vscode.DocumentSymbol(
    block.title,
    '',
    kinds[block.kind],
    start.union(document.lineAt(block.end).range),
    start,
  );
  symbol.children = block.children
    .filter(({ kind, title, line, end }) => title !== '' && (kind === 'entry' || end > line))
    .map((child) => symbolOf(document, child));
  return symbol;
}

function rangesOf({ line, end, children }: Block): vscode.FoldingRange[] {
  const inner = children.flatMap(rangesOf);
  return end > line ? [new vscode.FoldingRange(line, end), ...inner] : inner;
}
