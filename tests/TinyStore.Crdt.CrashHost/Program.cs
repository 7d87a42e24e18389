using TinyStore.Crdt.CrashHost;
using TinyStore.Crdt.Files;
using TinyStore.Yjs;

// A process that is made to be killed. Whatever it prints was true before it was printed.
//   hold <file>                       opens the document, prints "held", and keeps it
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
    case ["edit", var directory, var files, var seed]:
        var editors = Enumerable.Range(0, int.Parse(files, null)).Select(i => new Editor(directory, i, int.Parse(seed, null))).ToArray();
        await Task.WhenAll(editors.Select(editor => editor.OpenAsync()));
        Console.WriteLine("ready");
        await Task.WhenAll(editors.Select(editor => editor.EditAsync()));
        return 0;
    default:
        Console.Error.WriteLine("usage: hold <file> | edit <directory> <files> <seed>");
        return 2;
}
