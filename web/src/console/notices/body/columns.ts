// A column more in a table, right of a cell. The editor's library only knows how to put one left of it.

import type { Part } from './parts';

export interface NewColumn {
  /** Cells that reach over the new column and become wider: row, and place in the row. */
  wider: [row: number, index: number][];
  /** Where a new cell goes in the rows that have room for one. */
  added: [row: number, index: number][];
  widths: number[];
}

export function columnAfter(table: Part, row: number, index: number): NewColumn {
  const grid = gridOf(table);
  const here = grid[row]?.find((cell) => cell.isOwn && cell.index === index);
  const edge = here === undefined ? 0 : here.column + here.columns;
  const column: NewColumn = { wider: [], added: [], widths: [...(table.columnWidths ?? [])] };
  for (const [at, cells] of grid.entries()) {
    const across = cells.find((cell) => cell.column < edge && edge < cell.column + cell.columns);
    if (across === undefined) {
      const next = cells.find((cell) => cell.isOwn && cell.column >= edge);
      column.added.push([at, next?.index ?? ((table.children[at] as Part).children.length)]);
    } else if (across.isOwn) {
      column.wider.push([at, across.index]);
    }
  }
  const average = column.widths.reduce((sum, width) => sum + width, 0) / Math.max(column.widths.length, 1);
  column.widths.splice(edge, 0, average);
  return column;
}

interface Cell {
  index: number;
  column: number;
  columns: number;
  /** Whether it begins in this row. */
  isOwn: boolean;
}

/** For each row the cells that are in it, also those that reach into it from above. */
function gridOf(table: Part): Cell[][] {
  const grid: Cell[][] = table.children.map(() => []);
  for (const [row, part] of (table.children as Part[]).entries()) {
    let column = 0;
    for (const [index, { hidden, colSpan: columns = 1, rowSpan = 1 }] of (part.children as Part[]).entries()) {
      if (hidden === true) {
        continue;
      }
      const covering = () => grid[row]?.find((cell) => cell.column <= column && column < cell.column + cell.columns);
      for (let other = covering(); other !== undefined; other = covering()) {
        column = other.column + other.columns;
      }
      for (let below = row; below < Math.min(row + rowSpan, grid.length); below += 1) {
        grid[below]?.push({ index, column, columns, isOwn: below === row });
      }
      column += columns;
    }
  }
  return grid;
}
