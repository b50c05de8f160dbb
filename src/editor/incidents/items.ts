/** The tree's elements as the editor draws them. Every text is plain: no markup, no link, no icon comes from outside. */
import * as vscode from 'vscode';
import { addressOf } from './decorations.ts';
import { sections, type DetailRow, type Section } from './sections.ts';
import type { Group, Leaf } from './listing.ts';

// Without arguments: the editor keeps those aside, and loses them for a moment when the row is drawn again.
const open: vscode.Command = { command: 'oncall.openIncident', title: 'Open' };

export function groupItem({ key, label, children }: Group): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = key;
  item.description = String(children.length);
  item.contextValue = 'group';
  const count = `${children.length} incident${children.length === 1 ? '' : 's'}`;
  item.accessibilityInformation = { label: `${label}, ${count}`, role: 'treeitem' };
  return item;
}

/** The tooltip comes later: few of many rows are ever pointed at. */
export function incidentItem({ key, incident, row }: Leaf): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = key;
  item.resourceUri = addressOf(incident.id);
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.colour === undefined ? undefined : new vscode.ThemeColor(row.colour),
  );
  item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
  item.contextValue = row.contextValue;
  if (row.mark !== undefined) item.command = open;
  return item;
}

/** @param key of the element */
export function sectionItem(key: string, section: Section): vscode.TreeItem {
  const { label, icon } = sections[section];
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = key;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'section';
  return item;
}

/** @param key of the element */
export function detailItem(key: string, row: DetailRow): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, vscode.TreeItemCollapsibleState.None);
  item.id = key;
  item.iconPath = new vscode.ThemeIcon(row.icon);
  if (row.description) item.description = row.description;
  item.tooltip = row.tooltip ?? row.label;
  item.contextValue = 'detail';
  item.accessibilityInformation = {
    label: [row.spoken ?? row.label, row.description ?? ''].filter((part) => part !== '').join(', '),
    role: 'treeitem',
  };
  if (row.opens !== undefined) item.command = open;
  return item;
}
