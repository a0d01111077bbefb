import { planPrune } from '../../../local/images/prune-images';

const present = [
  { reference: 'localhost/seakeeper/services:old', digest: 'sha256:d-old' },
  { reference: 'localhost/seakeeper/services:new', digest: 'sha256:d-new' },
  { reference: 'localhost/seakeeper/pause:1', digest: 'sha256:d-pause' },
  { reference: 'example.org/seakeeper/services:old', digest: 'sha256:d-other' },
  { reference: 'sha256:id-new', digest: 'sha256:d-new' },
  { reference: 'sha256:id-other', digest: 'sha256:d-other' },
];
const wanted = [{ reference: 'localhost/seakeeper/services:new' }, { reference: 'localhost/seakeeper/pause:1' }];

test('images of earlier builds go, those wanted now and those of others stay', () => {
  expect(planPrune(present, wanted)).toEqual(['localhost/seakeeper/services:old']);
});

test('the id that the kubelet lists an image under goes with its last name', () => {
  const ids = [
    { reference: 'sha256:id-old', digest: 'sha256:d-old' },
    { reference: 'sha256:id-nameless', digest: 'sha256:d-gone' },
  ];

  expect(planPrune([...present, ...ids], wanted)).toEqual([
    'localhost/seakeeper/services:old',
    'sha256:id-nameless',
    'sha256:id-old',
  ]);
});
