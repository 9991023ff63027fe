import { describe, expect, it } from 'vitest';
import { commandOf } from '../../../src/debug/keyboard.ts';

const press = (key: string, change = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
});

describe('keys', () => {
  it.each([
    ['j', 'next'],
    ['ArrowUp', 'previous'],
    ['Enter', 'open'],
    ['Escape', 'close'],
    ['Home', 'first'],
    ['End', 'end'],
    [' ', 'toggle-hold'],
    ['/', 'filter'],
  ])('%j in the table does %s', (key, command) => {
    expect(commandOf(press(key), 'table')).toBe(command);
  });

  it('leaves typing alone, but for Escape', () => {
    expect(['j', '/', ' ', 'Enter', 'End'].map((key) => commandOf(press(key), 'field'))).toEqual(
      Array(5).fill(undefined),
    );
    expect(commandOf(press('Escape'), 'field')).toBe('close');
  });

  it('leaves a button its own keys', () => {
    expect(commandOf(press('Enter'), 'control')).toBeUndefined();
    expect(commandOf(press(' '), 'control')).toBeUndefined();
    expect(commandOf(press('End'), 'control')).toBe('end');
  });

  it('leaves a scrolling panel the keys that scroll', () => {
    expect(
      ['ArrowDown', ' ', 'End', 'Home'].map((key) => commandOf(press(key), 'scroller')),
    ).toEqual(Array(4).fill(undefined));
  });

  it('leaves the browser its shortcuts', () => {
    expect(commandOf(press('k', { ctrlKey: true }), 'table')).toBeUndefined();
    expect(commandOf(press('End', { metaKey: true }), 'table')).toBeUndefined();
  });
});
