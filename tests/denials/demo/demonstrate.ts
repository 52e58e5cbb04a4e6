import { DENIAL_CODES, type DenialCode } from '../../../packages/core/src/index.ts'
import { header, type Answer } from '../../support/http.ts'
import { CASES } from '../cases.ts'
import { startWorld, type World } from '../world.ts'
import { pageText } from './page.ts'
import { shownOf, type Shown } from './shown.ts'
import { terminalText } from './terminal.ts'

/**
 * Makes codes happen against a running gateway, carries out the fix of each, and sends the request again.
 * @param only the codes; empty: every one of the catalogue
 * @returns the page that shows them, and how many were not served after their fix
 */
export async function demonstrate(only: string[], say: (text: string) => void): Promise<{ page: string; failed: number }> {
  const unknown = only.filter((code) => !(code in CASES))
  if (unknown.length > 0) throw new Error(`no such code: ${unknown.join(', ')}`)
  const codes = DENIAL_CODES.filter((code) => only.length === 0 || only.includes(code))
  const world = await startWorld()
  const shown: Shown[] = []
  try {
    say(`A gateway runs on ${world.gateway.url}, with an upstream that does what it is told. ${codes.length} refusals:\n`)
    for (const code of codes) {
      const one = await happen(world, code)
      shown.push(one)
      say(terminalText(one, `${shown.length}/${codes.length}`.padStart(5)))
    }
    return { page: pageText(shown, world.gateway.url), failed: shown.filter(({ replay }) => !replay.ok).length }
  } finally {
    await world.stop()
  }
}

async function happen(world: World, code: DenialCode): Promise<Shown> {
  const made = await CASES[code]?.(world)
  if (made === undefined) throw new Error(`nothing makes ${code} happen`)
  const shown = await shownOf(code, made.answer)
  const replay = await made.mend().then(
    (again) => ({ ok: again.status < 300, text: replayText(again) }),
    (error: unknown) => ({ ok: false, text: String(error) }),
  )
  return { ...shown, replay }
}

function replayText(again: Answer): string {
  const cost = header(again, 'faregate-cost')
  if (again.status < 300) return `${again.status}${cost === undefined ? '' : `, charged ${cost}`}`
  return `${again.status} ${header(again, 'faregate-denial') ?? again.text.slice(0, 200)}`
}
