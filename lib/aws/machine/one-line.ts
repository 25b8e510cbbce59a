/** Code that is written over several lines here and stands on one in the machine, as validators of machines expect. */
export const oneLine = (code: string): string => code.replace(/\s*\n\s*/g, ' ');
