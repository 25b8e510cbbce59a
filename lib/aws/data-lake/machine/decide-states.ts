import { DECIMAL_TYPE, TYPE_WIDTHS } from '../../../plan/table-columns';
import { type AslState, expr } from '../../machine/asl';
import { oneLine } from './machine-props';

/**
 * Decides from what is, never from what was done before: why the change is refused, or else the next statement, or none
 * when the table is as desired. After each statement everything is read and decided anew, so a crash, a second event
 * and somebody else's change in between are all the same case.
 */
export function decideStates(): Readonly<Record<string, AslState>> {
  return {
    Decide: {
      Type: 'Pass',
      Assign: { reasons: expr(`$table.exists ? ${REASONS} : []`), statement: expr(STATEMENT) },
      Next: 'Verdict',
    },
    Verdict: {
      Type: 'Choice',
      Choices: [
        { Condition: expr('$count($reasons) > 0'), Next: 'Refuse' },
        { Condition: expr("$statement = ''"), Next: 'Optimize' },
        {
          Condition: expr('$not($statement in $changes)'),
          Assign: { query: expr('$statement'), asking: false },
          Next: 'StartQuery',
        },
      ],
      Default: 'NotAsDesired',
    },
    Refuse: {
      Type: 'Pass',
      Output: { outcome: 'refused', detail: expr("$join($reasons, '; ')") },
      End: true,
    },
    NotAsDesired: {
      Type: 'Fail',
      Error: 'NotAsDesired',
      Cause: expr("'The table is not as desired although this statement succeeded: ' & $statement"),
    },
  };
}

/** `widens` of the plan in JSONata, from the same data. */
export const WIDENS = oneLine(`(
  $widths := ${JSON.stringify(TYPE_WIDTHS)};
  $widthOf := function($type) {(
    $decimal := $match($type, ${DECIMAL_TYPE});
    $exists($decimal)
      ? { 'family': 'decimal of scale ' & $decimal.groups[1], 'width': $number($decimal.groups[0]) }
      : $lookup($widths, $type)
  )};
  function($from, $to) {(
    $narrow := $widthOf($from);
    $wide := $widthOf($to);
    $exists($narrow) and $exists($wide) and $narrow.family = $wide.family ? $narrow.width < $wide.width : false
  )}
)`);

const COLUMNS = `[$desired.columns.{ 'name': $substringBefore($, ' '), 'type': $substringAfter($, ' ') }]`;

/** Everything about a table that is there which cannot become as desired without losing data. Empty: nothing. */
const REASONS = oneLine(`(
  $widens := ${WIDENS};
  $columns := ${COLUMNS};
  $list := function($parts) { $count($parts) = 0 ? 'nothing' : $join($parts, ', ') };
  $place := function($address) { $replace($address, /\\/+$/, '') };
  $not($table.iceberg) ? ['a table of this name is there that is no Iceberg table'] : [
    $place($table.location) != $place($desired.location)
      ? 'its data is in ' & $table.location & ' and cannot move to ' & $desired.location,
    $list($partitionBy) != $list($desired.partitionBy)
      ? 'it is partitioned by ' & $list($partitionBy) & ' and cannot be partitioned by ' & $list($desired.partitionBy),
    $table.columns[$not(name in $columns.name)].('column ' & name & ' is not desired any more, and its data would be lost'),
    $columns.(
      $column := $;
      $type := $table.columns[name = $column.name].type;
      $exists($type) and $type != $column.type and $not($widens($type, $column.type))
        ? 'column ' & $column.name & ' is ' & $type & ' and cannot become ' & $column.type & ' without loss'
    )
  ]
)`);

/**
 * The next statement of Athena's DDL, none if nothing has to be done. Identifiers are in backticks, so that reserved
 * words and leading underscores do as well. Source: Athena user guide, "Create Iceberg tables", "Evolve Iceberg table
 * schema", "Escape reserved keywords in queries".
 */
const STATEMENT = oneLine(`(
  $columns := ${COLUMNS};
  $quote := function($name) { '\`' & $name & '\`' };
  $define := function($list) { $join([$list.($quote(name) & ' ' & type)], ', ') };
  $name := $quote($desired.database) & '.' & $quote($desired.table);
  $partition := function($text) { $replace($text, /([a-z_][a-z0-9_]*)(\\)?)$/, '\`$1\`$2') };
  $missing := $columns[$not(name in $table.columns.name)];
  $wider := $columns[(
    $column := $;
    $type := $table.columns[name = $column.name].type;
    $exists($type) and $type != $column.type
  )][0];
  $not($table.exists)
    ? 'CREATE TABLE IF NOT EXISTS ' & $name & ' (' & $define($columns) & ')'
      & ($count($desired.partitionBy) > 0 ? ' PARTITIONED BY (' & $join([$desired.partitionBy.$partition($)], ', ') & ')' : '')
      & " LOCATION '" & $desired.location & "' TBLPROPERTIES ('table_type'='ICEBERG', 'format'='parquet')"
  : $exists($missing) ? 'ALTER TABLE ' & $name & ' ADD COLUMNS (' & $define($missing) & ')'
  : $exists($wider) ? 'ALTER TABLE ' & $name & ' CHANGE COLUMN ' & $quote($wider.name) & ' ' & $define($wider)
  : ''
)`);
