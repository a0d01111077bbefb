import fc from 'fast-check';
import { PRECEDENCES, type Precedence } from '../../../../core/pipeline';
import { mostPassedOver, newTurns, takeTurn, turnOf } from '../../../../services/trigger/admission/model-turns';

/** Which precedences could go, turn by turn. */
const waiting = fc.array(fc.subarray([...PRECEDENCES], { minLength: 1 }), { minLength: 1, maxLength: 300 });

test('no precedence that could go is passed over more often in a row than its bound, whoever else comes and goes', () => {
  fc.assert(
    fc.property(waiting, (sets) => {
      const turns = newTurns();
      const passed = newTurns();
      for (const set of sets) {
        const could = (precedence: Precedence) => set.includes(precedence);
        const taken = turnOf(turns, could);
        expect(taken).toBeDefined();
        for (const precedence of set) {
          passed[precedence] = precedence === taken ? 0 : passed[precedence] + 1;
          expect(passed[precedence]).toBeLessThanOrEqual(mostPassedOver(precedence));
        }
        takeTurn(turns, taken ?? 'deploy', could);
      }
    }),
  );
});

test('while nobody has waited for long the highest goes', () => {
  fc.assert(
    fc.property(fc.subarray([...PRECEDENCES], { minLength: 1 }), (set) => {
      expect(turnOf(newTurns(), (precedence) => set.includes(precedence))).toBe(set[0]);
    }),
  );
});
