import { parseChallenge } from '../../../cli/images/parse-challenge';

describe('parseChallenge', () => {
  test('reads where a token is to be had, and for what', () => {
    const header = 'Bearer realm="https://auth.example.org/token",service="reg",scope="repository:a/b:pull,push"';

    expect(parseChallenge(header)).toEqual({
      scheme: 'bearer',
      parameters: { realm: 'https://auth.example.org/token', service: 'reg', scope: 'repository:a/b:pull,push' },
    });
  });

  test('reads values without quotes, and none', () => {
    expect(parseChallenge('Basic realm=here')).toEqual({ scheme: 'basic', parameters: { realm: 'here' } });
    expect(parseChallenge('Negotiate')).toEqual({ scheme: 'negotiate', parameters: {} });
  });

  test('is undefined without a header', () => {
    expect(parseChallenge(null)).toBeUndefined();
  });
});
