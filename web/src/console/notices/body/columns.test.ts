import { expect, it } from 'vitest';
import { columnAfter } from './columns';
import type { Part } from './parts';

const cell = (fields: Partial<Part> = {}): Part => ({ type: 'table-cell', children: [{ text: '' }], ...fields });
const table = (...rows: Part[][]): Part => ({ type: 'table', columnWidths: [90, 90], children: rows.map((children) => ({ type: 'table-row', children })) });

it('a column is added right of a cell, also of the last one', () => {
  const plain = table([cell(), cell()], [cell(), cell()]);
  expect(columnAfter(plain, 0, 0)).toEqual({ wider: [], added: [[0, 1], [1, 1]], widths: [90, 90, 90] });
  expect(columnAfter(plain, 1, 1).added).toEqual([[0, 2], [1, 2]]);
});

it('cells that reach over it become wider, each once', () => {
  const merged = table([cell({ colSpan: 2, rowSpan: 2 })], [], [cell(), cell()]);
  expect(columnAfter(merged, 2, 0)).toEqual({ wider: [[0, 0]], added: [[2, 1]], widths: [90, 90, 90] });
});

it('cells that reach down push those beside them', () => {
  const tall = table([cell({ rowSpan: 2 }), cell()], [cell(), cell({ hidden: true })]);
  expect(columnAfter(tall, 0, 0).added).toEqual([[0, 1], [1, 0]]);
  expect(columnAfter(tall, 1, 0).added).toEqual([[0, 2], [1, 2]]);
});
