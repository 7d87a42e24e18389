using TinyStore.Persisters.CrashHost;

// A process that is made to be killed. Whatever it prints was true before it was printed.
//   save <folder> <seed>              makes numbered changes in a file and in two databases, for ever: prints "ready", and
//                                     "<kind> <number>" when that change was reported saved
//   write <kind> <folder> <id> <count> one of several processes: adds that many rows with that id in front, prints "started"
//                                     and, when they are saved, "saved"; ends at the end of its input
switch (args)
{
    case ["save", var folder, var seed]:
        var savers = Enum.GetValues<PlaceKind>().Select((kind, i) => new Saver(folder, kind, int.Parse(seed, null) + i)).ToArray();
        await Task.WhenAll(savers.Select(saver => saver.OpenAsync()));
        Console.WriteLine("ready");
        await Task.WhenAll(savers.Select(saver => saver.SaveAsync()));
        return 0;
    case ["write", var kind, var folder, var id, var count]:
        await Writer.RunAsync(Places.Parse(kind), folder, id, int.Parse(count, null));
        return 0;
    default:
        Console.Error.WriteLine("usage: save <folder> <seed> | write <kind> <folder> <id> <count>");
        return 2;
}
