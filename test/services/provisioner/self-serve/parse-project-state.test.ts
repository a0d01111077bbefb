import { parseProjectState } from '../../../../services/provisioner/self-serve/parse-project-state';

test.each([
  ['[project]\n\tstate = read only\n', 'READ_ONLY'],
  ['[project]\n\tdescription = x\n\tState = "READ_ONLY" # archived\n[access "refs/*"]\n', 'READ_ONLY'],
  ['[ project ] state = hidden\n', 'HIDDEN'],
  ['[project]\n\tstate = active\n', 'ACTIVE'],
  ['[project]\n\tstate = made up\n', 'ACTIVE'],
  ['[submit]\n\tstate = hidden\n[project "x"]\n\tstate = hidden\n', 'ACTIVE'],
  ['[project]\n\tdescription = state = hidden\n', 'ACTIVE'],
  ['', 'ACTIVE'],
])('%j is %s', (config, state) => {
  expect(parseProjectState(config)).toBe(state);
});
