import { proposalModel, renderProposal } from '../../../../infra/capacity/proposal/render-proposal';

describe('renderProposal', () => {
  const text = renderProposal();

  test.each([
    ["the proposal's first table", /^total cluster \(x17\) +136 +408G +68$/m],
    ['growth as the proposal adds it up', /9 \* 0\.0492 = 44\.3 %/],
    ["the proposal's estimate", /^added up, as the proposal does: ceil\(Q\*1\.443\) +1\.443 +44\.3 % +197 +589G +99$/m],
    ['the compounded estimate', /^compounded +1\.541 +54\.1 % +210 +629G +105$/m],
    ['the simulated estimate', /^P90 of simulated paths +1\.337 +33\.7 % +182 +546G +91$/m],
    ['the misprint by name', /prints 2019-07-01 as its target date. That is a misprint.* end on 2020-07-01\./],
    ['why the three differ', /A sum of 9 P90s is not the P90 of a sum/],
    ['what the simulation assumes', /log-normal with P90 1\.0492; its median, .* 2\.46 %; 20,000 paths/],
  ])('has %s', (_, pattern) => {
    expect(text).toMatch(pattern);
  });

  test('is the same each time', () => {
    expect(renderProposal(proposalModel())).toBe(text);
  });
});
