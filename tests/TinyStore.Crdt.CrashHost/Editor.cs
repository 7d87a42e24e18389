using TinyStore.Crdt;
using TinyStore.Yjs;

namespace TinyStore.Crdt.CrashHost;

/// <summary>
/// Makes edits with the numbers 0, 1, 2 … in one document, and goes on where the file left off. Edit n sets the key n mod
/// <see cref="Keys"/> to n, followed by filler, so that what a document holds tells which edits it has.
/// </summary>
public sealed class Editor(string directory, int index, int seed) : IDisposable
{
    public const int Keys = 16;

    private readonly Random _random = new((seed * 31) + index);
    private readonly YDoc _doc = new();
    private DocFile? _file;
    private IProviderState? _room;
    private int _next;

    public static string PathOf(string directory, int index) => Path.Combine(directory, $"{index}.doc");

    /// <summary>
    /// The number of the next edit: that of the edits which the document holds.
    /// </summary>
    /// <exception cref="InvalidDataException">An edit is missing before another one.</exception>
    public static int NextOf(YDoc doc)
    {
        var numbers = doc.GetMap("edits").ToDictionary(entry => int.Parse(entry.Key, null), entry => int.Parse(entry.Value.ToString().Split(' ')[0], null));
        var next = numbers.Count == 0 ? 0 : numbers.Values.Max() + 1;
        for (var key = 0; key < Math.Min(Keys, next); key++)
        {
            var expected = next - 1 - ((next - 1 - key) % Keys);
            if (!numbers.TryGetValue(key, out var number) || number != expected)
            {
                throw new InvalidDataException($"The last edit is {next - 1}, but key {key} holds {number} and not {expected}.");
            }
        }

        return next;
    }

    public async Task OpenAsync()
    {
        _file = await DocFile.OpenAsync(PathOf(directory, index), _doc, new DocFileOptions { CompactionMinimumBytes = _random.Next(500, 20_000) });
        _file.Error += (_, e) => Console.WriteLine($"error {e.Operation} {e.Exception}");
        _room = _file.Open("room", this);
        _next = NextOf(_doc);
    }

    public async Task EditAsync()
    {
        while (true)
        {
            for (var count = _random.Next(1, 12); count > 0; count--)
            {
                var filler = _random.Next(20) == 0 ? _random.Next(500_000) : _random.Next(60);
                _doc.GetMap("edits").Set($"{_next % Keys}", $"{_next} {new string('x', filler)}");
                _next++;
            }

            var saved = _next - 1;
            _room!.Save(BitConverter.GetBytes(_next), 0);
            await _file!.WhenSavedAsync();
            Console.WriteLine($"{index} {saved}");
        }
    }

    public void Dispose() => _doc.Dispose();
}
