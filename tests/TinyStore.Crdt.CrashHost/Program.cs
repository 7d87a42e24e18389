using TinyStore.Crdt;
using TinyStore.Crdt.CrashHost;
using TinyStore.Yjs;

// A process that is made to be killed. Whatever it prints was true before it was printed.
//   hold <file>                       opens the document, prints "held", and keeps it
//   offline <file> <prefix> <count>   sets that many keys of the map "t", prints "saved" when they are, and keeps the file
//   online <file> <port> <room>       the same for ever, with a provider to the relay on that port; prints each key that was
//                                     reported saved
//   edit <directory> <files> <seed>   makes numbered edits in that many documents at once, for ever: prints "ready", and
//                                     "<file> <number>" when that edit and all before it were reported saved
switch (args)
{
    case ["hold", var path]:
        try
        {
            await using var file = await DocFile.OpenAsync(path, new YDoc());
            Console.WriteLine("held");
            await Task.Delay(Timeout.Infinite);
        }
        catch (DocFileInUseException e)
        {
            Console.WriteLine($"refused {e.Message}");
        }

        return 0;
    case ["offline", var path, var prefix, var count]:
        await new OfflineUser(path).EditAsync(prefix, int.Parse(count, null));
        return 0;
    case ["online", var path, var port, var room]:
        await new OnlineUser(path, int.Parse(port, null), room).EditAsync();
        return 0;
    case ["edit", var directory, var files, var seed]:
        var editors = Enumerable.Range(0, int.Parse(files, null)).Select(i => new Editor(directory, i, int.Parse(seed, null))).ToArray();
        await Task.WhenAll(editors.Select(editor => editor.OpenAsync()));
        Console.WriteLine("ready");
        await Task.WhenAll(editors.Select(editor => editor.EditAsync()));
        return 0;
    default:
        Console.Error.WriteLine("usage: hold <file> | offline <file> <prefix> <count> | online <file> <port> <room> | edit <directory> <files> <seed>");
        return 2;
}
