/** JSON as a tree that the keyboard walks: every value a filter. */

import { html, nothing, type TemplateResult } from 'lit';
import { formatPlural } from '../format.ts';
import type { ViewHost } from '../types.ts';
import { textOfValue } from './payload.ts';
import { levelsWithin, nodesOf, PAGE_NODES, type TreeNode } from './tree.ts';
import { cutText, isPickable, type PickValue } from './value.ts';

export interface JsonTree {
  /** @param prefix of the paths that are no part of the event's, `data.` in a CloudEvent; `undefined` where there is no event */
  readonly render: (root: unknown, prefix: string | undefined) => TemplateResult;
  /** Another row: its own branches are open. */
  readonly reset: () => void;
}

/** Of a larger tree only the upper branches are open at first. */
const MAX_OPEN_LINES = 300;

export function createJsonTree(
  host: ViewHost,
  pick: PickValue,
  change: (action: () => void) => void,
): JsonTree {
  const toggled = new Map<string, boolean>();
  const limits = new Map<string, number>();
  let root: unknown;
  let levelsOpen = 0;
  let nodes: readonly TreeNode[] = [];
  let active = 0;

  const focus = (index: number): void => {
    change(() => {
      active = Math.max(0, Math.min(nodes.length - 1, index));
    });
    host.element.renderRoot.querySelector<HTMLElement>('.tree [tabindex="0"]')?.focus();
  };
  const toggle = (node: TreeNode): void => {
    change(() => {
      if (node.more > 0) {
        const parent = node.path.slice(0, -2);
        limits.set(parent, (limits.get(parent) ?? PAGE_NODES) + PAGE_NODES);
      } else toggled.set(node.path, !node.isOpen);
    });
  };
  const choose = (node: TreeNode, prefix: string | undefined, without: boolean): void => {
    if (node.isBranch || node.more > 0) toggle(node);
    else if (prefix !== undefined && !node.inText && isPickable(node.value)) {
      pick(node.path.slice(node.path.startsWith(prefix) ? prefix.length : 0), node.value, without);
    }
  };
  const parentOf = (index: number): number => {
    const { level = 1 } = nodes[index] ?? {};
    return nodes.findLastIndex((other, at) => at < index && other.level < level);
  };
  const onKey = (event: KeyboardEvent, index: number, prefix: string | undefined): void => {
    const node = nodes[index];
    if (!node) return;
    const { key } = event;
    if ((event.ctrlKey || event.metaKey) && key === 'c' && !getSelection()?.toString()) {
      host.copy(JSON.stringify(node.value, null, 2) ?? '', node.path || 'the JSON');
    } else if (event.ctrlKey || event.metaKey) return;
    else if (key === 'ArrowDown') focus(index + 1);
    else if (key === 'ArrowUp') focus(index - 1);
    else if (key === 'Home') focus(0);
    else if (key === 'End') focus(nodes.length - 1);
    else if (key === 'ArrowRight' && node.isBranch) {
      if (node.isOpen) focus(index + 1);
      else toggle(node);
    } else if (key === 'ArrowLeft') {
      if (node.isOpen) toggle(node);
      else if (index > 0) focus(parentOf(index));
    } else if (key === 'Enter' || key === ' ') choose(node, prefix, event.altKey);
    else if (key !== 'ArrowRight') return;
    event.preventDefault();
  };
  const renderNode = (
    node: TreeNode,
    index: number,
    prefix: string | undefined,
  ): TemplateResult => {
    const { name, value, level, isOpen, more } = node;
    return html`<li
      role="treeitem"
      style="--level: ${level}"
      tabindex=${index === active ? 0 : -1}
      aria-level=${level}
      aria-posinset=${node.position}
      aria-setsize=${node.siblings}
      aria-expanded=${node.isBranch ? isOpen : nothing}
      ?data-pick=${!node.isBranch && more === 0}
      @click=${({ altKey }: MouseEvent) => {
        active = index;
        choose(node, prefix, altKey);
      }}
      @keydown=${(event: KeyboardEvent) => onKey(event, index, prefix)}
    >
      ${level > 1 && more === 0 ? html`<b>${name}</b>: ` : nothing}${
        more > 0
          ? html`<i>… ${formatPlural(more, 'more field')}</i>`
          : html`<span data-type=${typeof value}>${summaryOf(node)}</span>`
      }
    </li>`;
  };

  return {
    render: (next, prefix) => {
      if (next !== root) {
        root = next;
        levelsOpen = levelsWithin(next, MAX_OPEN_LINES);
      }
      nodes = nodesOf(next, {
        isOpen: (path, level) => toggled.get(path) ?? level <= levelsOpen,
        shown: (path) => limits.get(path) ?? PAGE_NODES,
      });
      active = Math.min(active, nodes.length - 1);
      return html`<ul class="tree number" role="tree" aria-label="The data as JSON">
        ${nodes.map((node, index) => renderNode(node, index, prefix))}
      </ul>`;
    },
    reset: () => {
      toggled.clear();
      limits.clear();
      active = 0;
    },
  };
}

/** A value, or how much is inside. */
function summaryOf({ value, isBranch, isOpen, inside, isList, inText }: TreeNode): string {
  if (!isBranch)
    return cutText(typeof value === 'string' ? JSON.stringify(value) : textOfValue(value));
  const [open, close] = isList ? '[]' : '{}';
  const from = typeof value === 'string' && !inText ? ' in text' : '';
  return `${isOpen ? open : `${open} ${formatPlural(inside, isList ? 'item' : 'field')} ${close}`}${from}`;
}
