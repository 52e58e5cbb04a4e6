/** A sound document, as its author would write it. */
export const WEATHER = `openapi: 3.0.3
info:
  title: Weather
  version: '1.2'
servers:
  - url: https://{region}.weather.example/v3/
    variables:
      region: { default: eu }
paths:
  /forecast/{city}:
    parameters:
      - { name: city, in: path, required: true, schema: { type: string } }
    get:
      operationId: forecast
      summary: The weather of tomorrow
      parameters:
        - { name: days, in: query, schema: { type: integer, maximum: 7 } }
      responses:
        '200':
          description: It
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Forecast' }
  /status:
    get:
      operationId: status
      summary: Whether it runs
      responses:
        '200': { description: It runs, content: { application/json: { example: { ok: true } } } }
components:
  schemas:
    Forecast:
      type: object
      required: [city, celsius]
      properties:
        city: { type: string }
        celsius: { type: number, nullable: true }
        sky: { type: string, enum: [clear, clouds] }
        next: { $ref: '#/components/schemas/Forecast' }
`

/** A line of the document, from 1. */
export function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length
}
