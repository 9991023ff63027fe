import { describe, expect, it } from 'vitest';
import { createKeyboard } from '../../../src/debug/frame/keyboard.ts';
import type { Command } from '../../../src/debug/types.ts';

const press = (key: string, change = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
});

const command = (id: string, keys: string[], change: Partial<Command> = {}): Command => ({
  id,
  title: id,
  keys,
  run: () => {},
  ...change,
});

const COMMANDS = [
  command('next', ['j']),
  command('up', ['ArrowUp'], { where: 'table' }),
  command('open', ['Enter'], { where: 'table' }),
  command('close', ['Escape']),
  command('end', ['End']),
  command('hold', [' ']),
  command('filter', ['/']),
  command('copy JSON', ['c j']),
  command('palette', ['Ctrl+k']),
];

function idOf(key: string, place: 'field' | 'control' | 'scroller' | 'table', change = {}) {
  return createKeyboard().commandOf(press(key, change), place, COMMANDS)?.id;
}

describe('keys', () => {
  it.each([
    ['j', 'next'],
    ['ArrowUp', 'up'],
    ['Enter', 'open'],
    ['Escape', 'close'],
    ['End', 'end'],
    [' ', 'hold'],
    ['/', 'filter'],
  ])('%j in the table does %s', (key, id) => {
    expect(idOf(key, 'table')).toBe(id);
  });

  it('leaves typing alone, but for Escape and shortcuts', () => {
    expect(['j', '/', ' ', 'Enter', 'End'].map((key) => idOf(key, 'field'))).toEqual(
      Array(5).fill(undefined),
    );
    expect(idOf('Escape', 'field')).toBe('close');
    expect(idOf('k', 'field', { metaKey: true })).toBe('palette');
  });

  it('leaves a button its own keys', () => {
    expect(idOf('Enter', 'control')).toBeUndefined();
    expect(idOf(' ', 'control')).toBeUndefined();
    expect(idOf('End', 'control')).toBe('end');
  });

  it('leaves a scrolling panel the keys that scroll', () => {
    expect(['ArrowDown', ' ', 'End', 'Home'].map((key) => idOf(key, 'scroller'))).toEqual(
      Array(4).fill(undefined),
    );
  });

  it('leaves the browser the shortcuts that are none of its own', () => {
    expect(idOf('End', 'table', { metaKey: true })).toBeUndefined();
    expect(idOf('j', 'table', { altKey: true })).toBeUndefined();
  });

  it('takes two keys after each other as one, and forgets the first when another comes', () => {
    const keyboard = createKeyboard();
    const type = (key: string) => keyboard.commandOf(press(key), 'table', COMMANDS)?.id;

    expect([type('c'), type('j')]).toEqual([undefined, 'copy JSON']);
    expect([type('c'), type('x'), type('j')]).toEqual([undefined, undefined, 'next']);
  });

  it('passes over a command that is not offered', () => {
    const off = command('next', ['j'], { isOffered: () => false });

    expect(createKeyboard().commandOf(press('j'), 'table', [off])).toBeUndefined();
  });
});
