using TinyStore.TestKit;

namespace TinyStore.Interop.Tests.Oracle;

/// <summary>The same script of requests, sent to both programs that speak the oracle protocol, gives the same answers.</summary>
public sealed class OracleConformanceTests
{
    [Fact]
    public async Task Documents_SameRequests_SameAnswers() => await AssertSameAsync(
        """{"op":"doc.new","doc":"a","clientId":1}""",
        """{"op":"doc.new","doc":"a"}""",
        """{"op":"doc.new","doc":"b","clientId":9007199254740991,"gc":false}""",
        """{"op":"doc.new","doc":"x","clientId":-1}""",
        """{"op":"doc.new","doc":"x","clientId":9007199254740992}""",
        """{"op":"doc.new","doc":"x","gc":"yes"}""",
        """{"op":"doc.new"}""",
        """{"op":"doc.sv","doc":"x"}""",
        """{"op":"doc.encode","doc":"a","v":1}""",
        """{"op":"doc.exec","doc":"a","ops":[]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"a",1],["map.set",["m","map"],"n",{"$new":"map"}],["map.set",["m","map","n"],"x","y"],["map.set",["m","map"],"a",2],["map.delete",["m","map"],"n"]]}""",
        """{"op":"doc.encode","doc":"a","v":1}""",
        """{"op":"doc.sv","doc":"a"}""",
        """{"op":"doc.snapshot","doc":"a"}""",
        """{"op":"doc.json","doc":"a","root":"m","type":"map"}""",
        """{"op":"doc.json","doc":"a","root":"m","type":"text"}""",
        """{"op":"doc.json","doc":"a","root":"m","type":"nothing"}""",
        """{"op":"doc.json","doc":"a","root":"unknown","type":"xml"}""",
        """{"op":"doc.exec","doc":"b","ops":[["map.set",["m","map"],"v",[null,{"$undefined":true},{"$":"NaN"},{"$":"-0"},{"$bigint":"-9223372036854775808"},{"$bytes":"AQID"}]],["map.set",["m","map"],"o",{"b":1,"10":2,"9":{}}],["map.set",["m","map"],"big",12345678901],["map.set",["m","map"],"f",0.1]]}""",
        """{"op":"doc.json","doc":"b","root":"m","type":"map"}""",
        """{"op":"doc.encode","doc":"b","v":1}""",
        """{"op":"doc.encode","doc":"b","v":1,"sv":"AA=="}""",
        """{"op":"doc.new","doc":"halves","clientId":3}""",
        """{"op":"doc.exec","doc":"halves","ops":[["map.set",["m","map"],"half","a\ud83db\n\"\\\/"],["map.set",["m","map"],"whole","\ud83d\ude00"]]}""",
        """{"op":"doc.encode","doc":"a","v":1,"sv":"AQEC"}""",
        """{"op":"doc.encode","doc":"a","v":1,"sv":"AQ"}""",
        """{"op":"doc.encode","doc":"a","v":1,"sv":"/////w=="}""",
        """{"op":"doc.encode","doc":"a","v":3}""",
        """{"op":"doc.apply","doc":"b","v":1,"update":"AQQBACEBAW0BYQEhAQFtAW4BAAGoAQABfQIBAQEAAw=="}""",
        """{"op":"doc.apply","doc":"b","v":1,"update":"AQEB"}""",
        """{"op":"doc.apply","doc":"b","v":1,"update":"not base64"}""",
        """{"op":"doc.apply","doc":"b","v":1,"update":"AAA A"}""",
        """{"op":"doc.apply","doc":"b","v":1}""",
        """{"op":"doc.apply","doc":"b","v":1,"update":"AQECAagBAAF9AwA="}""",
        """{"op":"doc.json","doc":"b","root":"m","type":"map"}""",
        """{"op":"doc.load","v":1,"update":"AQQBACEBAW0BYQEhAQFtAW4BAAGoAQABfQIBAQEAAw=="}""",
        """{"op":"doc.load","v":1,"update":"AQ=="}""",
        """{"op":"doc.load","v":1,"update":"AAA=","repeat":0}""",
        """{"op":"doc.free","doc":"a"}""",
        """{"op":"doc.free","doc":"a"}""");

    [Fact]
    public async Task FormatV2_SameRequests_SameAnswers() => await AssertSameAsync(
        """{"op":"doc.new","doc":"a","clientId":1}""",
        """{"op":"doc.exec","doc":"a","v":2,"ops":[["map.set",["m","map"],"a",1],["map.set",["m","map"],"n",{"$new":"map"}],["map.set",["m","map","n"],"x","y"]]}""",
        """{"op":"doc.exec","doc":"a","v":2,"ops":[["map.set",["m","map"],"a",2],["map.delete",["m","map"],"n"]]}""",
        """{"op":"doc.exec","doc":"a","v":2,"ops":[]}""",
        """{"op":"doc.encode","doc":"a","v":2}""",
        """{"op":"doc.encode","doc":"a","v":2,"sv":"AQEC"}""",
        """{"op":"doc.snapshot","doc":"a","v":2}""",
        """{"op":"doc.snapshot","doc":"a","v":3}""",
        """{"op":"doc.new","doc":"b"}""",
        """{"op":"doc.apply","doc":"b","v":2,"update":"AAACQQABAAABqAEAAAABAQEBA30CAQEBAAA="}""",
        """{"op":"doc.encode","doc":"b","v":2}""",
        """{"op":"doc.encode","doc":"b","v":1}""",
        """{"op":"doc.apply","doc":"b","v":2,"update":"AAECAw=="}""",
        """{"op":"doc.apply","doc":"b","v":2,"update":"AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI="}""",
        """{"op":"doc.json","doc":"b","root":"m","type":"map"}""",
        """{"op":"doc.sv","doc":"b"}""",
        """{"op":"doc.load","v":2,"update":"AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI="}""",
        """{"op":"update.convert","from":2,"to":1,"update":"AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI="}""",
        """{"op":"update.convert","from":1,"to":2,"update":"AQQBACEBAW0BYQEhAQFtAW4BAAGoAQABfQIBAQEAAw=="}""",
        """{"op":"update.convert","from":2,"to":2,"update":"AQ=="}""",
        """{"op":"update.convert","from":1,"to":1,"update":"AAA="}""",
        """{"op":"update.merge","v":2,"updates":["AAACQQABAAABqAEAAAABAQEBA30CAQEBAAA=","AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI="]}""",
        """{"op":"update.diff","v":2,"update":"AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI=","sv":"AQEC"}""",
        """{"op":"update.sv","v":2,"update":"AAACQQABAAAFIQEAAKgHBG1hbW5BAgEBAAJBAgEEAH0CAQEBAAI="}""");

    [Fact]
    public async Task FailedRequests_ChangeNothing() => await AssertSameAsync(
        """{"op":"doc.new","doc":"a","clientId":5}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"k","kept"]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"k","lost"],["map.set",["m","map","missing"],"x",1]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.delete",["m","map"],"k"],["map.set",["m","map"],5,1]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.clear",["m","map"]],["no.such",["m","map"]]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"n",{"$new":"map"}],["map.set",["m","map","n"],"x",{"$new":"nonsense"}]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"n",[{"$new":"map"}]]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["fresh","map","missing"],"n",1]]}""",
        """{"op":"doc.json","doc":"a","root":"fresh","type":"array"}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","array"],"n",1]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"n",{"$bytes":"?"}]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"n",{"$bigint":"9223372036854775808"}]]}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"n",{"$":"Nothing"}]]}""",
        """{"op":"doc.exec","doc":"a","ops":["map.set"]}""",
        """{"op":"doc.exec","doc":"a","ops":{}}""",
        """{"op":"doc.exec","doc":"a"}""",
        """{"op":"doc.json","doc":"a","root":"m","type":"map"}""",
        """{"op":"doc.encode","doc":"a","v":1}""",
        """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map"],"k","next"],["map.set",["m","map"],"n",{"$new":"map"}],["map.set",["m","map","n"],"x",1]]}""",
        """{"op":"doc.encode","doc":"a","v":1}""",
        """{"op":"store.new","store":"s"}""",
        """{"op":"store.exec","store":"s","ops":[["setCell","t","r","c",1]]}""",
        """{"op":"store.exec","store":"s","ops":[["setCell","t","r","c",2],["delTables"],["noSuchMethod"]]}""",
        """{"op":"store.exec","store":"s","ops":["setCell"]}""",
        """{"op":"store.content","store":"s"}""",
        "not json",
        "[]",
        "7",
        """{"op":"no.such"}""",
        "{}",
        """{"op":"store.content","store":"s"}""");

    [Fact]
    public async Task Updates_SameRequests_SameAnswers() => await AssertSameAsync(
        """{"op":"update.merge","v":1,"updates":[]}""",
        """{"op":"update.merge","v":1,"updates":["AQECACgBAW0BYQF9AQA="]}""",
        """{"op":"update.merge","v":1,"updates":["AQECACgBAW0BYQF9AQA=","AQECAigBAW0BYwF9AwA="]}""",
        """{"op":"update.merge","v":1,"updates":["AQ=="]}""",
        """{"op":"update.merge","v":1,"updates":"AQ=="}""",
        """{"op":"update.merge","v":1,"updates":[1]}""",
        """{"op":"update.diff","v":1,"update":"AQECACgBAW0BYQF9AQA=","sv":"AA=="}""",
        """{"op":"update.diff","v":1,"update":"AQECACgBAW0BYQF9AQA=","sv":"AQIB"}""",
        """{"op":"update.diff","v":1,"update":"AQECACgBAW0BYQF9AQA=","sv":"AQI="}""",
        """{"op":"update.diff","v":1,"update":"AQECACgBAW0BYQF9AQA="}""",
        """{"op":"update.sv","v":1,"update":"AQECACgBAW0BYQF9AQA="}""",
        """{"op":"update.sv","v":1,"update":"AQECASgBAW0BYQF9AQA="}""",
        """{"op":"update.sv","v":1,"update":""}""");

    [Fact]
    public async Task StoresAndPersisters_SameRequests_SameAnswers() => await AssertSameAsync(
        // Our persister makes its containers under other client ids.
        request => !request.Contains("doc.exec", StringComparison.Ordinal),
        [
        """{"op":"doc.new","doc":"d","clientId":4}""",
        """{"op":"store.new","store":"s"}""",
        """{"op":"store.new","store":"s"}""",
        """{"op":"store.new"}""",
        """{"op":"store.exec","store":"s","ops":[["setCell","pets","fido","age",3],["addRow","pets",{"a":null,"o":{"k":[1]}}],["getRowIds","pets"],["getCell","x","y","z"],["setValue","open",true]]}""",
        """{"op":"persist.start","store":"s","doc":"d","layout":"sideways"}""",
        """{"op":"persist.start","store":"nobody","doc":"d"}""",
        """{"op":"persist.start","store":"s","doc":"nobody"}""",
        """{"op":"persist.start","store":"s","doc":"d"}""",
        """{"op":"persist.start","store":"s","doc":"d"}""",
        """{"op":"settle"}""",
        """{"op":"doc.json","doc":"d","root":"tinybase","type":"map"}""",
        """{"op":"doc.exec","doc":"d","ops":[["map.set",["tinybase","map","t","pets","fido"],"age",4],["map.set",["tinybase","map","t"],"toys",{"$new":"map"}],["map.set",["tinybase","map","t","toys"],"ball",{"$new":"map"}],["map.set",["tinybase","map","t","toys","ball"],"color","red"],["map.set",["tinybase","map","v"],"list","\uFFFD[1,2]"]]}""",
        """{"op":"settle"}""",
        """{"op":"store.content","store":"s"}""",
        """{"op":"store.exec","store":"s","ops":[["delRow","pets","fido"],["delValue","open"],["setCell","toys","ball","size",{"w":1}]]}""",
        """{"op":"settle"}""",
        """{"op":"store.content","store":"s"}""",
        """{"op":"doc.exec","doc":"d","ops":[["map.delete",["tinybase","map","t","toys"],"ball"]]}""",
        """{"op":"settle"}""",
        """{"op":"store.content","store":"s"}""",
        """{"op":"persist.stop","store":"s","doc":"d"}""",
        """{"op":"persist.stop","store":"s","doc":"d"}""",
        """{"op":"store.exec","store":"s","ops":[["setValue","after","stop"]]}""",
        """{"op":"settle"}""",
        """{"op":"store.content","store":"s"}""",
        """{"op":"doc.new","doc":"one","clientId":8}""",
        """{"op":"store.new","store":"loading"}""",
        """{"op":"doc.exec","doc":"one","ops":[["map.set",["other","map"],"t",{"$new":"map"}],["map.set",["other","map"],"v",{"$new":"map"}],["map.set",["other","map","v"],"theirs",2]]}""",
        """{"op":"persist.start","store":"loading","doc":"one","root":"other","autoSave":false}""",
        """{"op":"store.exec","store":"loading","ops":[["setValue","unsaved",3]]}""",
        """{"op":"settle"}""",
        """{"op":"doc.json","doc":"one","root":"other","type":"map"}""",
        """{"op":"store.content","store":"loading"}""",
        ]);

    [Fact]
    public async Task DamagedRequests_AreAnsweredAndEndNothing()
    {
        string[] requests =
        [
            """{"op":"doc.exec","doc":"a","ops":[["map.set",["m","map","n"],"k",{"$bytes":"AQID"}],["map.delete",["m","map"],"k"],["map.clear",["m","map"]]]}""",
            """{"op":"doc.apply","doc":"a","v":1,"update":"AQQBACEBAW0BYQEhAQFtAW4BAAGoAQABfQIBAQEAAw=="}""",
            """{"op":"update.merge","v":1,"updates":["AQECACgBAW0BYQF9AQA=","AQECAigBAW0BYwF9AwA="]}""",
            """{"op":"store.exec","store":"s","ops":[["setTables",{"t":{"r":{"c":[1,{"$":"NaN"}]}}}],["applyChanges",[{"t":{"$":"undefined"}},{},1]],["getTables"]]}""",
            """{"op":"store.script","steps":[{"op":"listen","kind":"Cell","args":[null,null,null],"id":"0"},{"op":"begin"},{"op":"setCell","args":["t","r","c",1]},{"op":"end","rollback":true}]}""",
            """{"op":"persist.start","store":"s","doc":"a","root":"tinybase","autoLoad":true}""",
            """{"op":"doc.encode","doc":"a","v":1,"sv":"AQEC","repeat":2}""",
        ];
        await using var ours = Oracles.StartDotNet();
        await ours.CallAsync("doc.new", new() { ["doc"] = "a", ["clientId"] = 1 });
        await ours.CallAsync("store.new", new() { ["store"] = "s" });
        var tally = new Tally();
        var random = new Random(RandomRuns.FirstSeed());
        for (var i = 0; i < 2000 * RandomRuns.Times; i++)
        {
            var line = Damage(requests[random.Next(requests.Length)], random);
            tally.Add(JsonLineProcess.IsOk(await ours.SendLineAsync(line)) ? "answers" : "errors");
        }

        await ours.CallAsync("hello");
        Assert.Equal(0, await ours.StopAsync());
        tally.AssertMet("answers", "errors");
    }

    private static string Damage(string line, Random random)
    {
        var text = new System.Text.StringBuilder(line);
        for (var count = random.Next(0, 3); count > 0; count--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, 1);
                    break;
                case 1:
                    text.Insert(at, (char)random.Next(32, 127));
                    break;
                case 2:
                    var length = Math.Min(random.Next(1, 12), text.Length - at);
                    text.Insert(random.Next(text.Length), text.ToString(at, length));
                    break;
                default:
                    text[at] = (char)random.Next(32, 127);
                    break;
            }
        }

        return string.IsNullOrWhiteSpace(text.ToString()) ? "{}" : text.ToString();
    }

    private static Task AssertSameAsync(params IReadOnlyList<string> requests) => AssertSameAsync(_ => true, requests);

    /// <param name="isCompared">Which requests must have equal results; the others only succeed or fail alike.</param>
    /// <param name="requests">The script.</param>
    private static async Task AssertSameAsync(Func<string, bool> isCompared, IReadOnlyList<string> requests)
    {
        await using var theirs = await Oracles.StartNodeAsync();
        await using var ours = Oracles.StartDotNet();
        for (var i = 0; i < requests.Count; i++)
        {
            var expected = await theirs.SendLineAsync(requests[i]);
            var actual = await ours.SendLineAsync(requests[i]);
            var both = $"Request {i}: {requests[i]}{Environment.NewLine}JavaScript: {expected.ToJsonString()}{Environment.NewLine}.NET: {actual.ToJsonString()}";
            Assert.True(JsonLineProcess.IsOk(expected) == JsonLineProcess.IsOk(actual), both);
            if (JsonLineProcess.IsOk(expected))
            {
                Assert.True(!isCompared(requests[i]) || JsonDiff.AreEqual(expected["result"], actual["result"]), both);
            }
            else
            {
                Assert.False(string.IsNullOrWhiteSpace((string?)actual["error"]), both);
            }
        }

        Assert.Equal(0, await theirs.StopAsync());
        Assert.Equal(0, await ours.StopAsync());
    }
}
