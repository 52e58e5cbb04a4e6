import type { Story } from './story.ts'
import type { World } from './world.ts'

/** A prompt as an API: three variables, a mistake of each kind, a change, and back. */
export async function promptStory(story: Story, { client, operator, consumer: caller }: World): Promise<void> {
  const [model] = (await client.listModels({})).data

  story.step('The operator publishes a prompt: a model, a template, and three variables. Its callers see neither model nor template.')
  await story.command(
    `api prompt translate --model ${model?.name ?? ''} --system "Translate into {{language}}, {{tone}}." --user "{{text}}" --variable "text string" --variable "language de|en" --variable "tone string = calm"`,
    operator,
  )
  await story.command('api publish translate', operator)
  const answer = await story.call('POST /translate', caller, {}, { text: 'Good morning', language: 'de' })
  story.check('two values are enough: the third has a default', answer.status === 200)

  story.step('A variable that is missing is named; one that is unknown is refused. Neither costs anything.')
  const missing = await story.call('POST /translate', caller, {}, { text: 'Good morning' })
  story.check(
    '`language` is missing, with what it takes',
    missing.status === 400 && /`language` is missing, which takes one of/.test(missing.text),
  )
  const unknown = await story.call('POST /translate', caller, {}, { text: 'Good morning', language: 'de', mood: 'merry' })
  story.check('`mood` is no variable', unknown.status === 400 && unknown.text.includes('`mood` is no variable'))
  story.check(
    'nothing was charged',
    [missing, unknown].every(({ text }) => text.includes('"charged":false')),
  )

  story.step('The prompt is edited: callers have to say how long the answer may be. Then it is rolled back.')
  await story.command(
    'api prompt translate --user "{{text}} In {{words}} words." --variable "text string" --variable "language de|en" --variable "tone string = calm" --variable "words integer"',
    operator,
  )
  await story.command('api publish translate --note "shorter"', operator)
  const edited = await story.call('POST /translate', caller, {}, { text: 'Good morning', language: 'de' })
  story.check('`words` is missing now', edited.status === 400 && edited.text.includes('`words` is missing'))
  await story.command('api rollback translate 1', operator)
  const back = await story.call('POST /translate', caller, {}, { text: 'Good morning', language: 'de' })
  story.check('the same call is served as before', back.status === 200)
}
