using System.Text;

// One request a line on standard input, one answer a line on standard output, in order; logs go to standard error.
using var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), false, 1 << 16);
using var output = Console.OpenStandardOutput();
TinyStore.Oracle.OracleHost.Run(input, output);
