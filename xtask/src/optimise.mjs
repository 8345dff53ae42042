// Shrinks modules in place, in one process: starting the optimiser anew takes longer than most of them need. What it may use
// is what rustc emits and every browser of the last years reads: all that it knows would use proposals that no browser has yet.
import { readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";

const features = ["BulkMemory", "CallIndirectOverlong", "Multivalue", "MutableGlobals", "NontrappingFPToInt", "ReferenceTypes", "SignExt"];
const allowed = features.reduce((all, name) => all | binaryen.Features[name], 0);
// As `-Oz`.
binaryen.setOptimizeLevel(2);
binaryen.setShrinkLevel(2);
binaryen.setGenerateStackIR(true);
binaryen.setOptimizeStackIR(true);
for (const file of process.argv.slice(1)) {
    const module = binaryen.readBinary(readFileSync(file), allowed);
    // What one run leaves behind the next one finds; after three little is left.
    for (let run = 0; run < 3; run++) module.optimize();
    writeFileSync(file, module.emitBinary());
    module.dispose();
}
