import { events } from '../../support/faults.ts'
import type { Ending, Script } from '../../support/faults.ts'
import { brokenOff, counted, FAILED, faultsOf } from './fault.ts'
import type { Due } from './fault.ts'
import { half, healthy, OK, USAGE } from './healthy.ts'

/** Where a stream can be cut, and what the caller then has. A proper end is no cut where the answer is whole by then. */
const PLACES: { name: string; what: string; sent: (say: Script) => string[]; due: Due; properEnd?: Due }[] = [
  { name: 'after-head', what: 'before the first event', sent: () => [], due: FAILED },
  { name: 'mid-first', what: 'within the first event', sent: (say) => [half(say.role)], due: FAILED },
  { name: 'after-role', what: 'before the first word', sent: (say) => [say.role], due: brokenOff(0) },
  { name: 'mid-event', what: 'within the fourth word', sent: (say) => [say.role, ...say.words(3), half(say.word)], due: brokenOff(3) },
  {
    name: 'mid-terminator',
    what: 'between the two line feeds that end an event',
    sent: (say) => [say.role, ...say.words(3), say.word.slice(0, -1)],
    due: brokenOff(3),
  },
  { name: 'between-events', what: 'after the fifth word', sent: (say) => [say.role, ...say.words(5)], due: brokenOff(5) },
  {
    name: 'after-finish',
    what: 'before its usage',
    sent: (say) => [say.role, ...say.words(5), say.finish],
    due: brokenOff(5),
    properEnd: counted(5),
  },
  {
    name: 'mid-usage',
    what: 'within its usage',
    sent: (say) => [say.role, ...say.words(5), say.finish, half(say.usage(USAGE))],
    due: brokenOff(5),
  },
  {
    name: 'after-usage',
    what: 'before its terminator',
    sent: (say) => healthy(say).slice(0, -1),
    due: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'usage', usage: USAGE } },
    properEnd: OK,
  },
  {
    name: 'mid-done',
    what: 'within its terminator',
    sent: (say) => [...healthy(say).slice(0, -1), 'data: [DO'],
    due: { gets: 'error-event', code: 'provider_error', words: 5, charge: { by: 'usage', usage: USAGE } },
  },
]

/** The ways in which it can be cut. */
const WAYS: { ending: Ending; name: string; does: string }[] = [
  { ending: 'end', name: 'cut', does: 'ends its stream as if it were whole' },
  { ending: 'close', name: 'close', does: 'closes its stream without the end of the framing' },
  { ending: 'reset', name: 'reset', does: 'resets its stream' },
]

/** Streams that break at every place, in every way. */
export const CUTS = faultsOf(
  'stream',
  WAYS.flatMap(({ ending, name, does }) =>
    PLACES.map((place) => ({
      name: `${name}-${place.name}`,
      does: `${does} ${place.what}`,
      upstream: events(place.sent, ending),
      streamed: dueOf(place, ending),
    })),
  ),
)

/** A reset can overtake what was sent before it. */
function dueOf({ due, properEnd }: (typeof PLACES)[number], ending: Ending): Due {
  if (ending === 'end') return properEnd ?? due
  return ending === 'reset' && due.gets === 'error-event' ? { ...due, upTo: true } : due
}
