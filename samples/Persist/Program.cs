using Persist;

// Without arguments: the demo. "adopt FILE DATABASE PET" is the other process that it starts.
switch (args)
{
    case []:
        return await Demo.RunAsync().ConfigureAwait(false);
    case ["adopt", var file, var database, var pet]:
        await OtherProcess.AdoptAsync(file, database, pet).ConfigureAwait(false);
        return 0;
    default:
        await Console.Error.WriteLineAsync($"'{string.Join(' ', args)}' is not understood.").ConfigureAwait(false);
        await Console.Error.WriteLineAsync("usage: Persist").ConfigureAwait(false);
        return 2;
}
