// Tables as they are read to be edited.

import type { Child, Part } from './parts';
import { looks } from './reading';
import { lookOf, styleOf } from './styles';

const USUAL_WIDTH = 90;

export function readTable(element: Element, readCell: (cell: Element) => Child[]): Part {
  const rows = [...element.querySelectorAll(':scope > tr, :scope > thead > tr, :scope > tbody > tr, :scope > tfoot > tr')];
  const style = styleOf(element);
  style.delete('table-layout');
  const caption = element.querySelector(':scope > caption')?.textContent?.trim();
  const look = lookOf(style);
  return {
    type: 'table',
    width: '100%',
    columnWidths: widthsOf(element, rows),
    ...(look !== undefined && { look }),
    ...(caption && { caption }),
    children: rows.map((row) => ({
      type: 'table-row',
      children: [...row.children].map((cell) => ({
        type: 'table-cell',
        isHeader: cell.localName === 'th',
        colSpan: span(cell, 'colspan'),
        rowSpan: span(cell, 'rowspan'),
        ...looks(cell),
        children: readCell(cell),
      })),
    })),
  };
}

const span = (cell: Element, name: string) => Math.min(Math.max(Number(cell.getAttribute(name)) || 1, 1), 100);

/** How wide the columns are to one another. */
function widthsOf(element: Element, rows: Element[]): number[] {
  const number = (value: string | null | undefined) => Number.parseFloat(value ?? '') || 0;
  const widthOf = (part: Element) => number(part.getAttribute('width')) || number(styleOf(part).get('width'));
  const columns = [...element.querySelectorAll(':scope > colgroup > col')].flatMap((column) => Array<number>(span(column, 'span')).fill(widthOf(column)));
  const count = Math.max(1, ...rows.map((row) => [...row.children].reduce((sum, cell) => sum + span(cell, 'colspan'), 0)));
  const plain = rows.find((row) => row.children.length === count);
  const found = columns.length === count ? columns : [...(plain?.children ?? [])].map(widthOf);
  return found.length === count && found.every((width) => width > 0) ? found : Array<number>(count).fill(USUAL_WIDTH);
}
