using System.Buffers;
using System.Text.Json;
using TinyStore.Oracle.Ops;
using TinyStore.Yjs;

namespace TinyStore.Oracle;

/// <summary>Reads requests and writes answers, one at a time, on one thread with an event loop. A bad line never ends it.</summary>
internal static class OracleHost
{
    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = 1000 };
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 1000,
        SkipValidation = true,
    };

    public static void Run(TextReader input, Stream output)
    {
        var loop = new EventLoop();
        SynchronizationContext.SetSynchronizationContext(loop);
        using var world = new World(loop);
        while (input.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                var answer = AnswerAsync(world, line);
                loop.RunUntilCompleted(answer);
                output.Write(answer.GetAwaiter().GetResult());
                output.Flush();
                loop.RunTurn();
            }
        }
    }

    private static async Task<byte[]> AnswerAsync(World world, string line)
    {
        var id = "null";
        using var answer = new Answer(Writing);
        try
        {
            using var document = JsonDocument.Parse(line, Parsing);
            var request = new Request(document.RootElement);
            id = request.Id;
            await OpTable.Find(request.Op)(world, request, answer);
            return Line(id, answer.WriteTo);
        }
        // Whatever a request does, the program goes on and says what happened.
        catch (Exception e)
        {
            var isExpected = e is OracleRequestException or JsonException or YUpdateFormatException;
            if (!isExpected)
            {
                Console.Error.WriteLine(e);
            }

            return Line(id, writer =>
            {
                writer.WriteBoolean("ok", false);
                writer.WriteString("error", isExpected ? e.Message : $"{e.GetType().Name}: {e.Message}");
            });
        }
    }

    private static byte[] Line(string id, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("id");
            writer.WriteRawValue(id, skipInputValidation: true);
            write(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
