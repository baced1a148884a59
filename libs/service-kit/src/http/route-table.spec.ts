import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.ts';

const routes = new RouteTable();
routes.add('/agents', 'POST');
routes.add('/agents', ['GET', 'HEAD']);
routes.add('/agents/:id', 'DELETE');
routes.add('/docs/*', 'GET');
routes.add('*', 'OPTIONS');

describe('RouteTable', () => {
  it.each([
    ['/agents', ['GET', 'HEAD', 'POST']],
    ['/agents/1', ['DELETE']],
    ['/docs/a/b', ['GET']],
    ['/agents/', []],
    ['/agents/1/goals', []],
    ['/elsewhere', []],
  ])('knows what %s serves', (path, methods) => {
    expect(routes.methodsOf(path)).toEqual(methods);
  });
});
