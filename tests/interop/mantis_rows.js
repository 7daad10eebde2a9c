// What Mantis Viewer makes of a CSV file: its CSV library (csv-parse 4.8.8, with its usual settings), and its rules for rows, restated from their description.
// node mantis_rows.js FOLDER_OF_NODE_MODULES KIND FILE  ->  JSON on standard output; a file that Mantis refuses ends with status 1 and the reason.
const fs = require("fs")
const path = require("path")

const [modules, kind, file] = process.argv.slice(2)
const parse = require(path.join(modules, "csv-parse", "lib", "sync"))
const stringify = require(path.join(modules, "csv-stringify", "lib", "sync"))
const CHANNELS = ["rChannel", "gChannel", "bChannel", "cChannel", "mChannel", "yChannel", "kChannel"]

function population(rows, first) {
  // first = place of the segment: 0 for one image, 1 for a project
  const found = []
  for (const row of rows) {
    const segment = Number(row[first])
    const name = row[first + 1]
    if (isNaN(segment) || !name) continue
    const colour = Number(row[first + 2])
    found.push([first ? row[0] : "", segment, name, row[first + 2] && !isNaN(colour) ? colour : null])
  }
  return found
}

function gates(rows) {
  const found = {}
  for (const [feature, low, high, name] of rows) {
    if (isNaN(Number(low)) || isNaN(Number(high))) continue
    const gate = name || `${feature.trim()} ${low} - ${high}`
    found[gate] = { ...found[gate], [feature.trim()]: [String(Number(low)), String(Number(high))] }
  }
  return found
}

function mappings(rows) {
  const found = {}
  for (const [name, channel, marker, colour] of rows) {
    if (!name || !CHANNELS.includes(channel) || !marker) continue
    found[name] = { ...found[name], [channel]: [marker, Number(colour)] }
  }
  return found
}

function features(rows, first) {
  const [names, ...body] = rows
  return body.map((row) => {
    const segment = parseInt(row[first])
    const values = names.slice(first + 1).map((name, nth) => [name, String(parseFloat(row[first + 1 + nth]))])
    return [first ? row[0] : "", segment, Object.fromEntries(values.filter(([, value]) => value !== "NaN"))]
  })
}

const KINDS = {
  active: (rows) => population(rows, 0),
  project: (rows) => population(rows, 1),
  gates,
  mappings,
  "features active": (rows) => features(rows, 0),
  "features project": (rows) => features(rows, 1),
  names: (rows) => rows.filter(([id, name]) => !isNaN(Number(id)) && name).map(([id, name]) => [Number(id), name]),
}

const text = fs.readFileSync(file, "utf8")
try {
  if (kind === "stringify") process.stdout.write(stringify(JSON.parse(text)))
  else process.stdout.write(JSON.stringify(KINDS[kind](parse(text))))
} catch (error) {
  process.stderr.write(error.message)
  process.exit(1)
}
